"""The seccomp filter of a worker: which system calls it may make, as BPF made by pyseccomp.

A list of what is allowed, since what is dangerous grows with every kernel. A call that is not on
it fails with ENOSYS, on which the C library falls back; the ones that a student may well try fail
with EPERM, whose text ("Operation not permitted") says more.
"""

from __future__ import annotations

import base64
import errno
import tempfile
from functools import cache
from typing import Any

FILES = """
    read readv pread64 preadv write writev pwrite64 pwritev open openat close close_range lseek
    stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat
    getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat
    renameat2 ftruncate fsync fdatasync umask dup dup2 dup3 flock pipe pipe2 fadvise64
    poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2
"""
MEMORY = "mmap mprotect munmap mremap brk madvise mincore msync membarrier"
THREADS = """
    futex set_robust_list get_robust_list rseq sched_yield sched_getaffinity set_tid_address
    exit exit_group restart_syscall arch_prctl wait4 waitid
"""
CLOCKS = """
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage
    setitimer getitimer alarm pause
"""
SIGNALS = """
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
"""
QUESTIONS = """
    getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp
    getpgid getsid uname sysinfo getrlimit getcpu getrandom getpriority capget
"""
FORBIDDEN = """
    socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvmsg shutdown
    fork vfork execve execveat kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open
    pidfd_send_signal pidfd_getfd ptrace process_vm_readv process_vm_writev kcmp
    chmod fchmod fchmodat chown fchown lchown fchownat truncate link linkat symlink symlinkat
    mknod mknodat utime utimes utimensat futimesat setxattr lsetxattr fsetxattr removexattr
    lremovexattr fremovexattr mount umount2 pivot_root chroot setns unshare keyctl add_key
    request_key io_uring_setup io_uring_enter io_uring_register userfaultfd bpf perf_event_open
    memfd_create memfd_secret shmget shmat shmctl semget semctl semop msgget msgsnd msgrcv msgctl
    mq_open mq_unlink setsid setpgid setuid setgid setreuid setregid setresuid setresgid setgroups
    capset setrlimit setpriority sched_setscheduler sched_setaffinity name_to_handle_at
    open_by_handle_at inotify_init1 fanotify_init quotactl acct swapon reboot syslog personality
"""
_CLONE_THREAD = 0x10000
_PR_SET_NAME = 15
# Questions about a descriptor: FIOCLEX, FIONCLEX, TCGETS, FIONREAD, TIOCGWINSZ (asm-generic).
_IOCTLS = (0x5451, 0x5450, 0x5401, 0x541B, 0x5413)
# The commands of fcntl that do not make the kernel send signals (F_SETOWN, F_SETSIG, F_SETLEASE,
# F_NOTIFY do): descriptors and their flags, locks, what size a pipe has (linux/fcntl.h).
_FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)


@cache
def program(architecture: str | None = None) -> str:
    """The filter as base64 BPF. ImportError, OSError where seccomp's library is missing.

    architecture: a name in `pyseccomp.Arch`, by default this machine's.
    """
    import pyseccomp  # noqa: PLC0415 - only Linux has it

    native = pyseccomp.system_arch()
    target = getattr(pyseccomp.Arch, architecture) if architecture else native
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.ENOSYS))
    if target != native:
        rules.add_arch(target)
        rules.remove_arch(native)
    for names in (FILES, MEMORY, THREADS, CLOCKS, SIGNALS, QUESTIONS):
        for name in names.split():
            _add(rules, target, pyseccomp.ALLOW, name)
    for name in FORBIDDEN.split():
        _add(rules, target, pyseccomp.ERRNO(errno.EPERM), name)
    _add_conditional(rules, target)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return base64.b64encode(file.read()).decode()


def _add_conditional(rules: Any, target: int) -> None:
    """Calls that are allowed with some arguments only."""
    from pyseccomp import ALLOW, EQ, MASKED_EQ, Arg  # noqa: PLC0415 - as above

    # Threads, no processes: clone's flags are its first argument on x86-64 and aarch64. clone3
    # hides them in memory; it stays ENOSYS, and the C library falls back on clone.
    _add(rules, target, ALLOW, "clone", Arg(0, MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD))
    _add(rules, target, ALLOW, "prctl", Arg(0, EQ, _PR_SET_NAME))
    # getrlimit of the process itself; a new limit could only be lower.
    _add(rules, target, ALLOW, "prlimit64", Arg(0, EQ, 0))
    for request in _IOCTLS:
        _add(rules, target, ALLOW, "ioctl", Arg(1, EQ, request))
    for command in _FCNTLS:
        _add(rules, target, ALLOW, "fcntl", Arg(1, EQ, command))


def _add(rules: Any, target: int, action: int, name: str, *arguments: Any) -> None:
    """A rule, where the architecture has a call of that name."""
    import pyseccomp  # noqa: PLC0415 - as above

    if pyseccomp.resolve_syscall(target, name) >= 0:
        rules.add_rule(action, name, *arguments)
