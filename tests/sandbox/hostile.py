"""Programs that mean harm, and a look at the place that they leave to the next one."""

from typing import Final

# What a program finds: who else is there, which files, which traces of others.
LOOK: Final = """
import json, os, resource, socket

def listed(path):
    return sorted(os.listdir(path)) if os.path.isdir(path) else None

def lines(path):
    return len(open(path).readlines()) if os.path.exists(path) else None

def bound(address, family):
    with socket.socket(family) as mine:
        mine.bind(address)
        return True

print(json.dumps({
    "processes": [p for p in sorted(os.listdir("/proc")) if p.isdigit() and int(p) != os.getpid()],
    "files": {path: listed(path) for path in ("/tmp", "/dev/shm", "/var/tmp", "/dev/mqueue", ".")},
    "ipc": {name: lines("/proc/sysvipc/" + name) for name in ("shm", "sem", "msg")},
    "sockets": {name: lines("/proc/net/" + name) for name in ("tcp", "tcp6", "udp", "unix")},
    "free": [bound("\\0paydag", socket.AF_UNIX), bound(("127.0.0.1", 4711), socket.AF_INET)],
    "room": os.statvfs("/tmp").f_bfree > 1000 and os.statvfs("/dev/shm").f_ffree > 1000,
    "limits": [resource.getrlimit(kind) for kind in range(16)],
    "nice": os.getpriority(os.PRIO_PROCESS, 0),
    "umask": os.umask(0),
    "environment": dict(os.environ),
}))
"""

_IPC: Final = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
made = [
    libc.shmget(4711, 4096, 0o1666), libc.semget(4711, 1, 0o1666), libc.msgget(4711, 0o1666),
    libc.syscall(240, b"queue", 0o102, 0o666, None),
]
print(made)
"""

_DEEP: Final = """
import os
for top in ("/tmp", "/dev/shm", "."):
    os.chdir(top)
    for depth in range(2000):
        os.mkdir("d")
        os.chdir("d")
    open("bottom", "w").close()
"""

_LOCKED: Final = """
import os
for top in ("/tmp", "/dev/shm", "."):
    os.makedirs(top + "/a/b/c/d")
    open(top + "/a/b/c/file", "w").close()
    os.chmod(top + "/a/b/c/file", 0)
    for path in ("/a/b/c/d", "/a/b/c", "/a/b", "/a"):
        os.chmod(top + path, 0)
"""

_STRANGE: Final = """
import os, socket
for top in (b"/tmp/", b"/dev/shm/", b"./"):
    for name in (b"\\xff\\n", b"-rf", b"x" * 255, "\\u202e".encode(), b" "):
        os.mkdir(top + name)
        open(top + name + b"/" + name, "w").close()
    os.mkfifo(top + b"fifo")
    os.symlink(b"/etc", top + b"link")
    os.symlink(b"self", top + b"self")
    os.symlink(b"nowhere", top + b"dangling")
    os.link(top + b"fifo", top + b"second")
    socket.socket(socket.AF_UNIX).bind(top + b"socket")
    os.chmod(top + b"fifo", 0o4777)
"""

_HOME_GONE: Final = """
import os
os.rename("/tmp/program", "/tmp/moved")
os.symlink("/etc", "/tmp/program")
"""

_INODES: Final = """
for top in ("/tmp/", "/dev/shm/"):
    try:
        for number in range(1_000_000):
            open(top + str(number), "w").close()
    except OSError as error:
        print(error.errno)
"""

_DISK: Final = """
import os
for top in ("/tmp/", "/dev/shm/"):
    try:
        for number in range(1000):
            open(top + str(number), "wb", 0).write(b"x" * 1_000_000)
    except OSError as error:
        print(error.errno)
"""

_DAEMON: Final = """
import os, signal, sys, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            for path in ("/tmp/", "/dev/shm/"):
                open(path + "stolen", "a").write(str(os.listdir("/tmp")))
    os._exit(0)
print("gone")
"""

_LISTENING: Final = """
import os, socket, time
if os.fork() == 0:
    sockets = [socket.socket(socket.AF_UNIX), socket.socket()]
    sockets[0].bind("\\0paydag")
    sockets[1].bind(("127.0.0.1", 4711))
    [made.listen() for made in sockets]
    time.sleep(60)
time.sleep(0.3)
"""

_WAITING_PORT: Final = """
import socket
server = socket.create_server(("127.0.0.1", 4711))
client = socket.create_connection(("127.0.0.1", 4711))
taken, _ = server.accept()
taken.close()
client.close()
"""

_IN_FLIGHT: Final = """
import array, os, socket
one, other = socket.socketpair()
fds = array.array("i", [one.fileno(), other.fileno(), 1])
one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
other.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
"""

_FORK_BOMB: Final = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""

_MEMORY: Final = """
import mmap, os
for _ in range(20):
    if os.fork() == 0:
        break
found = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_SHARED)
open("/proc/self/oom_score_adj", "w").write("0")
for at in range(0, len(found), 4096):
    found[at] = 1
"""

_MANY_SMALL: Final = """
import os
for number in range(1000):
    try:
        with open(f"/tmp/{number}", "wb", 0) as file:
            file.write(b"x" * 1_000_000)
    except OSError:
        break
open("/proc/self/oom_score_adj", "w").write("0")
while True:
    try:
        os.fork() or bytearray(8 << 20)
    except (OSError, MemoryError):
        pass
"""

_SIGNALS: Final = """
import os, signal
for target in (1, -1, 0):
    for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
        if target == 0 and number != signal.SIGTERM:
            continue
        try:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.kill(target, number)
            print("sent", target, number)
        except OSError as error:
            print(error.errno)
"""

_STOPPED: Final = """
import os, signal
for _ in range(5):
    if os.fork() == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
"""

_SET_USER_ID: Final = """
import os, shutil
for top in ("/tmp/", "./"):
    shutil.copy("/bin/sh", top + "shell")
    os.chmod(top + "shell", 0o6777)
"""

LEAVERS: Final = {
    "ipc": _IPC,
    "deep folders": _DEEP,
    "locked folders": _LOCKED,
    "strange names": _STRANGE,
    "home replaced": _HOME_GONE,
    "all inodes": _INODES,
    "full disk": _DISK,
    "daemon": _DAEMON,
    "listening": _LISTENING,
    "waiting port": _WAITING_PORT,
    "sockets in flight": _IN_FLIGHT,
    "fork bomb": _FORK_BOMB,
    "memory": _MEMORY,
    "memory in small pieces": _MANY_SMALL,
    "signals": _SIGNALS,
    "stopped children": _STOPPED,
    "set-user-id": _SET_USER_ID,
}

# Each line is tried; what it says is `refused`, or what it got.
TRIES: Final = """
import ctypes, os, resource, socket
libc = ctypes.CDLL(None, use_errno=True)

def call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result

def write(path, text):
    with open(path, "w") as file:
        return file.write(text)

def try_(name, action):
    try:
        print(name, "got", action())
    except (OSError, ValueError) as error:
        print(name, "refused")

unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
for kind in ("DATA", "NPROC", "NOFILE", "FSIZE", "CPU", "CORE"):
    number = getattr(resource, "RLIMIT_" + kind)
    try_("raise " + kind, lambda: resource.setrlimit(number, unlimited))
    try_("limit 1 " + kind, lambda: resource.prlimit(1, number, (1, 1)))
try_("nice", lambda: os.nice(-5))
try_("priority of 1", lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
try_("processors of 1", lambda: os.sched_setaffinity(1, {0}))
try_("score of 1", lambda: write("/proc/1/oom_score_adj", "1000"))
try_("own score", lambda: write("/proc/self/oom_score_adj", "-1"))
for name in ("mem", "environ", "fd/0", "fd/1", "fd/2", "maps", "root", "cwd", "io", "stack"):
    try_("read 1 " + name, lambda: open("/proc/1/" + name, "rb").read(1))
for fd in range(8):
    try_("forge " + str(fd), lambda: write("/proc/1/fd/" + str(fd), "x"))
try_("trace 1", lambda: call(libc.ptrace(16, 1, 0, 0)))
try_("memory of 1", lambda: call(libc.process_vm_readv(1, None, 0, None, 0, 0) or -1))
try_("descriptor of 1", lambda: call(libc.syscall(438, call(libc.syscall(434, 1, 0)), 0, 0)))
for uid in (0, 1, os.getuid() - 1, os.getuid() + 1):
    try_("user " + str(uid - os.getuid() if uid > 1 else uid), lambda: os.setuid(uid))
    try_("group", lambda: os.setgid(uid))
try_("groups", lambda: os.setgroups([0]))
try_("new user namespace", lambda: call(libc.unshare(0x10000000)))
try_("new mounts", lambda: call(libc.unshare(0x00020000)))
try_("mount", lambda: call(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)))
try_("chroot", lambda: os.chroot("/tmp"))
try_("host name", lambda: socket.sethostname("mine"))
try_("clock", lambda: __import__("time").clock_settime(0, 0))
try_("device", lambda: os.mknod("disk", 0o60666, os.makedev(254, 0)))
try_("raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
try_("key", lambda: call(libc.syscall(248, b"user", b"a", b"b", 1, -3)))
try_("connect out", lambda: socket.create_connection(("169.254.169.254", 80), 1))
try_("sysctl", lambda: write("/proc/sys/kernel/shmmni", "1"))
try_("cgroup", lambda: write("/sys/fs/cgroup/pids/pids.max", "max"))
try_("console", lambda: write("/dev/console", "x"))
try_("docker", lambda: open("/var/run/docker.sock"))
for path in ("/x", "/etc/x", "/var/tmp/x", "/run/x", "/dev/x", "/home/x", "/usr/bin/x", "/mnt/x"):
    try_("write " + path, lambda: write(path, "x"))
"""
