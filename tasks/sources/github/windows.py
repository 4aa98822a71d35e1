"""One token's points of one resource, in the window of the primary limit that it is in."""

from tasks.sources.github.readings import Reading

LONGEST_S = 3600.0  # GitHub's windows are an hour long; anything longer is a clock gone wrong
_BLIND_REST_S = 60.0  # where the service has not told its time
_SAME_WINDOW_S = 1.0  # the reset times of one window differ by rounding


class Window:
    """Points left, less what requests under way may cost.

    Until the first answer nothing is known, so one request at a time goes out; a service that
    answers without naming a limit (an Enterprise server may have none) is taken to have none.
    """

    def __init__(self) -> None:
        self.ends: float | None = None
        self._limit: int | None = None
        self._remaining: int | None = None
        self._reset: float | None = None
        self._reserved = 0
        self._under_way = 0
        self._answered = False
        self._rests_until = float("-inf")
        self._refusals = 0

    @property
    def opens(self) -> float:
        """When to look again, by the local monotonic clock."""
        return max(self._rests_until, self.ends if self.ends is not None else float("-inf"))

    def left(self, now: float) -> int | None:
        """Points left, None where nothing is known."""
        self._roll(now)
        return self._remaining

    def offer(self, cost: int, now: float) -> float:
        """How much would be left after a request of this cost; negative where it must not go."""
        self._roll(now)
        if now < self._rests_until:
            return -1.0
        if not self._answered:
            return -1.0 if self._under_way else 0.0
        if self._remaining is None:
            return float("inf")
        return self._remaining - self._reserved - self._capped(cost)

    def freed_by_answers(self, cost: int) -> bool:
        """Whether requests under way hold what a request of this cost needs."""
        if not self._under_way:
            return False
        return self._remaining is None or self._remaining >= self._capped(cost)

    def reserve(self, cost: int) -> None:
        self._reserved += cost
        self._under_way += 1

    def release(self, cost: int) -> None:
        self._reserved -= cost
        self._under_way -= 1

    def observe(self, reading: Reading, now: float, server_now: float | None, charged: int) -> None:
        """Take in an answer; `charged` is assumed where it does not name what is left.

        Answers of side by side requests come in any order, so within one window the number only
        falls, and one of a window that is over says nothing.
        """
        self._roll(now)
        self._answered = self._answered or reading.good or reading.remaining is not None
        if reading.good:
            self._refusals = 0
        if reading.remaining is None or reading.reset is None:
            if self._remaining is not None and self.ends is not None:
                self._remaining = max(0, self._remaining - charged)
            return
        if self._reset is not None and reading.reset < self._reset - _SAME_WINDOW_S:
            return
        is_new = self._reset is None or reading.reset > self._reset + _SAME_WINDOW_S
        if is_new or self._remaining is None:
            self._remaining = reading.remaining
        else:
            self._remaining = min(self._remaining, reading.remaining)
        self._limit = reading.limit if reading.limit is not None else self._limit
        self._reset = reading.reset if is_new else self._reset
        rest = _BLIND_REST_S if server_now is None else reading.reset - server_now
        self.ends = now + min(max(rest, 0.0), LONGEST_S)

    def exhaust(self, now: float) -> None:
        """The service refused: nothing goes before the window ends.

        Where its end is unknown or already past, the rest grows from a second to a minute.
        """
        self._refusals += 1
        self._answered = True
        self._remaining = 0
        least = min(2.0 ** (self._refusals - 1), _BLIND_REST_S)
        if self.ends is None:
            self.ends = now + _BLIND_REST_S
        self._rests_until = max(self.ends, now + least)

    def _capped(self, cost: int) -> int:
        """A request dearer than a whole window would otherwise wait for ever."""
        return cost if self._limit is None else min(cost, self._limit)

    def _roll(self, now: float) -> None:
        """Once a window is over, the next one is full."""
        if self.ends is None or now < self.ends:
            return
        self.ends = None
        self._remaining = self._limit
        self._answered = self._limit is not None
