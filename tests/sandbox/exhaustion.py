"""Programs that take all there is, the report's place included."""

from typing import Final

# What takes all there is. `True` where the task's limits must have ended it.
EXHAUSTION: Final = {
    "a fork bomb": """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
""",
    "a memory bomb": "held = []\nwhile True:\n    held.append(bytearray(b'x' * 16_000_000))",
    "memory held by many": """
import os, time
for _ in range(20):
    if os.fork() == 0:
        held = bytearray(b"x" * 60_000_000)
        time.sleep(30)
        os._exit(0)
time.sleep(10)
""",
    "a full disk": """
import os
for place in (".", "/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~")):
    try:
        with open(os.path.join(place, "fill"), "wb") as file:
            while True:
                file.write(b"x" * 1_000_000)
                file.flush()
    except OSError:
        pass
os._exit(1)
""",
    "a million empty files": """
import os
for place in (".", "/tmp"):
    try:
        for number in range(1_000_000):
            open(f"{place}/{number}.empty", "w").close()
    except OSError:
        pass
os._exit(1)
""",
    "ten gigabytes of output": """
import os
line = b"y" * 1_000_000
for _ in range(10_000):
    os.write(1, line)
""",
    "endless sleep": "import time\ntime.sleep(10_000)",
    "endless sleep, deaf to signals": """
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
time.sleep(10_000)
""",
    "a report of ten gigabytes": """
import os, sys
path = sys.argv[sys.argv.index("--junit-xml") + 1]
with open(path, "w") as file:
    file.truncate(10_000_000_000)
os._exit(0)
""",
    "a report that is a pipe": """
import os, sys
os.mkfifo(sys.argv[sys.argv.index("--junit-xml") + 1])
os._exit(0)
""",
    "a report that leads elsewhere": """
import os, sys
os.symlink("/etc/passwd", sys.argv[sys.argv.index("--junit-xml") + 1])
os._exit(0)
""",
    "a report that is a folder": """
import os, sys
os.makedirs(sys.argv[sys.argv.index("--junit-xml") + 1] + "/a/b")
os._exit(0)
""",
    "a report of nested entities": """
import os, sys
text = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
    '<!ENTITY %s "%s">' % (chr(98 + n), ("&%s;" % chr(97 + n)) * 10) for n in range(9)
) + "]><r>&j;</r>"
open(sys.argv[sys.argv.index("--junit-xml") + 1], "w").write(text)
os._exit(0)
""",
    "files with names that are no text": """
import os
for number in range(1, 256):
    try:
        open(b"name-" + bytes([number]), "w").close()
    except OSError:
        pass
""",
}
