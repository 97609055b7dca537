"""Runs a command without any network but loopback: `python tests/offline.py pytest …`.

Linux: a network namespace of its own. macOS: a sandbox profile. Elsewhere, or where the system forbids it, an error.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys

MACOS_PROFILE = """(version 1) (allow default) (deny network-outbound)
(allow network-outbound (remote ip "localhost:*")) (allow network-outbound (remote unix-socket))"""

SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def loopback_up() -> None:
    """A new namespace has a loopback device that is down; kernels talk to their clients through it."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def main(command: list[str]) -> int:
    if command[:1] == ["--inside"]:
        loopback_up()
        os.execvp(command[1], command[1:])
    if sys.platform == "linux":
        return subprocess.call(
            [
                "unshare",
                "--map-root-user",
                "--net",
                sys.executable,
                __file__,
                "--inside",
                *command,
            ]
        )
    if sys.platform == "darwin":
        return subprocess.call(["sandbox-exec", "-p", MACOS_PROFILE, *command])
    print(
        f"offline.py: no way known to cut off the network on {sys.platform}",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
