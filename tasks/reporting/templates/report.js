"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const make = (tag, text, name) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  };

  // Theme: the system's, until the button says otherwise; remembered where that is allowed.
  const remembered = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("paydag-theme");
      localStorage.setItem("paydag-theme", value);
    } catch { /* a page from disk may have no storage */ }
    return null;
  };
  const dark = () => root.dataset.theme === "dark" ||
    (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const kept = remembered();
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  const theme = byId("theme");
  if (theme) {
    const label = () => { theme.textContent = dark() ? "Light" : "Dark"; };
    theme.hidden = false;
    theme.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      remembered(root.dataset.theme);
      label();
    });
    label();
  }

  // What is folded is printed, too.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of opened) one.open = false; });

  // Served by `paydag browse`, the page is loaded again as soon as it changed.
  if (document.querySelector('meta[name="paydag-live"]')?.content === "yes") {
    let seen = null;
    setInterval(async () => {
      const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" }).catch(() => null);
      const tag = answer?.ok ? answer.headers.get("ETag") : null;
      if (tag && seen && tag !== seen) location.reload();
      seen = tag ?? seen;
    }, 2000);
  }

  // An address that leads into something folded unfolds it.
  const unfold = () => {
    const target = location.hash.length > 1 && !location.hash.includes("=") ? byId(location.hash.slice(1)) : null;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target?.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  const holder = byId("tasks-data");
  if (!holder) return;
  const data = JSON.parse(holder.textContent);
  const PAGE = 100;
  const ALPHABET = data.alphabet;
  const codes = new Map([...ALPHABET].map((character, at) => [character, at]));
  const tasks = data.tasks.map(([id, title, variant, repository, price, raises, page, cells], at) => {
    const attempts = cells.map((text) => [...text].map((c) => data.states[codes.get(c)]));
    const solved = attempts.map((list) => list.filter(([state]) => state === "resolved").length);
    const valid = attempts.map((list) => list.filter(([state]) => state !== "excluded").length);
    return {
      at, id, title, variant, repository, price, raises, page, attempts, solved, valid,
      rate: solved.map((count, run) => (valid[run] ? count / valid[run] : -1)),
      by: solved.filter(Boolean).length,
      text: `${title} ${id} ${repository}`.toLowerCase(),
    };
  });

  const dollars = (cents) => cents === null ? "–" : "$" + (cents / 100).toLocaleString("en-US",
    { minimumFractionDigits: cents % 100 ? 2 : 0, maximumFractionDigits: 2 });
  const body = byId("tasks-body");
  const inputs = ["search", "variant", "repository", "price", "outcome"].map((name) => [name, byId(`filter-${name}`)]);
  const state = { sort: null, down: false, shown: PAGE, open: null };
  const columns = {
    title: (task) => task.title.toLowerCase(), variant: (task) => task.variant,
    price: (task) => task.price ?? -1, raises: (task) => task.raises ?? -1, by: (task) => task.by,
  };
  data.runs.forEach((_, run) => { columns[`run${run}`] = (task) => task.rate[run]; });

  const fits = {
    search: (task, value) => value.toLowerCase().split(/\s+/).every((word) => task.text.includes(word)),
    variant: (task, value) => task.variant === value,
    repository: (task, value) => task.repository === value,
    price: (task, value) => {
      const [low, high] = value.split("-").map(Number);
      return task.price !== null && task.price >= low * 100 && (!high || task.price < high * 100);
    },
    outcome: (task, value) => {
      const [what, run] = value.split(":");
      const count = task.solved.filter((n, at) => task.valid[at] && n > 0).length;
      const tried = task.valid.filter(Boolean).length;
      if (what === "all") return tried > 0 && count === tried;
      if (what === "none") return count === 0;
      if (what === "some") return count > 0 && count < tried;
      return what === "by" ? task.solved[run] > 0 : task.valid[run] > 0 && task.solved[run] === 0;
    },
  };

  const chosen = () => {
    const active = inputs.filter(([, input]) => input && input.value.trim());
    const found = tasks.filter((task) => active.every(([name, input]) => fits[name](task, input.value.trim())));
    if (state.sort) {
      const value = columns[state.sort];
      const sign = state.down ? -1 : 1;
      found.sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        return (x < y ? -sign : x > y ? sign : 0) || a.at - b.at;
      });
    }
    return found;
  };

  const mark = (task, run) => {
    const cell = make("td", undefined, "v");
    const list = task.attempts[run];
    if (!list.length) { cell.append(make("span", "–", "soft")); return cell; }
    const count = task.solved[run];
    const states = new Set(list.map(([name]) => name));
    const plain = list.length === 1;
    let name = count === list.length ? "all" : count ? "some" : "none";
    let text = plain ? (count ? "✓" : "✗") : `${count}/${list.length}`;
    if (!count && [...states].every((one) => one === "invalid" || one === "excluded")) {
      name = "void";
      text = states.has("excluded") ? "excl." : "inv.";
    }
    const shown = make("span", text, `mark ${name}`);
    const told = plain ? list[0].filter(Boolean).join(": ") : `${count} of ${list.length} attempts resolved`;
    shown.title = told;
    shown.setAttribute("aria-label", told);
    shown.setAttribute("role", "img");
    cell.append(shown);
    return cell;
  };

  const more = (task) => {
    const row = make("tr", undefined, "more");
    const cell = make("td");
    cell.colSpan = 5 + data.runs.length;
    if (task.page) {
      const link = make("a", "Statement, ladder, submissions and transcripts");
      link.href = `tasks/${task.page}`;
      const line = make("p");
      line.append(link);
      cell.append(line);
    }
    const list = make("ul");
    task.attempts.forEach((attempts, run) => attempts.forEach(([name, reason], number) => {
      const item = make("li", `${data.runs[run]}, attempt ${number + 1}: `);
      item.append(make("span", reason ? `${name} (${reason})` : name, name));
      list.append(item);
    }));
    cell.append(list);
    row.append(cell);
    return row;
  };

  const rowOf = (task) => {
    const row = make("tr");
    row.dataset.task = task.id;
    const first = make("td");
    const button = make("button", task.title || "(no title)", "open");
    button.type = "button";
    button.setAttribute("aria-expanded", String(state.open === task.at));
    button.addEventListener("click", () => {
      state.open = state.open === task.at ? null : task.at;
      remember();
      draw();
      body.querySelector(`tr[data-at="${task.at}"] .open`)?.focus();
    });
    row.dataset.at = task.at;
    first.append(button, make("span", task.id, "id"));
    row.append(first, make("td", task.variant), make("td", dollars(task.price), "n"),
      make("td", task.raises === null ? "–" : String(task.raises), "n"));
    data.runs.forEach((_, run) => row.append(mark(task, run)));
    row.append(make("td", String(task.by), "n"));
    if (state.open === task.at) row.classList.add("hit");
    return row;
  };

  const draw = () => {
    const found = chosen();
    const rows = [];
    for (const task of found.slice(0, state.shown)) {
      rows.push(rowOf(task));
      if (state.open === task.at) rows.push(more(task));
    }
    body.replaceChildren(...rows);
    byId("tasks-count").textContent =
      `${found.length.toLocaleString("en-US")} of ${tasks.length.toLocaleString("en-US")} tasks` +
      (found.length > state.shown ? `, the first ${state.shown} shown` : "");
    byId("tasks-more").hidden = found.length <= state.shown;
    for (const head of document.querySelectorAll("#tasks-table th[data-sort]")) {
      if (head.dataset.sort === state.sort) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    root.dataset.ready = "yes";
  };

  // Filters, order and the open task are in the address: a view can be cited.
  const remember = () => {
    const held = new URLSearchParams();
    for (const [name, input] of inputs) if (input?.value.trim()) held.set(name, input.value.trim());
    if (state.sort) held.set("sort", (state.down ? "-" : "") + state.sort);
    if (state.open !== null) held.set("task", tasks[state.open].id);
    history.replaceState(null, "", held.size ? `#${held}` : location.pathname + location.search);
  };
  const recall = () => {
    if (!location.hash.includes("=")) return false;
    const held = new URLSearchParams(location.hash.slice(1));
    for (const [name, input] of inputs) if (input) input.value = held.get(name) ?? "";
    const sort = held.get("sort");
    state.down = Boolean(sort?.startsWith("-"));
    state.sort = sort && Object.hasOwn(columns, sort.replace(/^-/, "")) ? sort.replace(/^-/, "") : null;
    const wanted = tasks.find((task) => task.id === held.get("task"));
    state.open = wanted ? wanted.at : null;
    state.shown = PAGE;
    if (wanted) state.shown = Math.max(PAGE, chosen().indexOf(wanted) + 1);
    return true;
  };
  const goTo = () => {
    const row = state.open === null ? byId("tasks") : body.querySelector(`tr[data-at="${state.open}"]`);
    row?.scrollIntoView({ block: "start" });
    row?.querySelector(".open")?.focus({ preventScroll: true });
  };

  for (const [, input] of inputs) input?.addEventListener("input", () => {
    state.shown = PAGE;
    state.open = null;
    remember();
    draw();
  });
  for (const head of document.querySelectorAll("#tasks-table th[data-sort]")) {
    head.querySelector("button").addEventListener("click", () => {
      const same = state.sort === head.dataset.sort;
      const numbers = !["title", "variant"].includes(head.dataset.sort);
      state.down = same ? !state.down : numbers;
      state.sort = head.dataset.sort;
      state.shown = PAGE;
      remember();
      draw();
    });
  }
  byId("tasks-more").addEventListener("click", () => { state.shown += 4 * PAGE; draw(); });
  byId("tasks-reset").addEventListener("click", () => {
    for (const [, input] of inputs) if (input) input.value = "";
    Object.assign(state, { sort: null, down: false, shown: PAGE, open: null });
    remember();
    draw();
  });
  // Paper has no button for more.
  let shown = PAGE;
  addEventListener("beforeprint", () => { shown = state.shown; state.shown = Infinity; draw(); });
  addEventListener("afterprint", () => { state.shown = shown; draw(); });
  addEventListener("hashchange", () => { if (recall()) { draw(); goTo(); } });
  const linked = recall();
  draw();
  if (linked) goTo();
})();
