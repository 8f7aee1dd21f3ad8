"""A processor without AMX, played by one that has it: what most laptops and older servers are.

A program must ask Linux for the registers of AMX before it may use them, and takes other kernels if
it is refused: onnxruntime those of AVX-512 VNNI. Here a filter on system calls refuses.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

# From linux/prctl.h, linux/seccomp.h, linux/audit.h and asm/prctl.h.
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_X86_64, _ARCH_PRCTL, _REQUEST_FEATURE = 0xC000003E, 158, 0x1023
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
# Of struct seccomp_data: the number of the call, the processor it is made for, its first argument.
_NUMBER, _PROCESSOR, _FIRST = 0, 4, 16
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_amx() -> None:
    """Keep this process, and those that it starts, from using AMX; to be called before imports.

    Raises
    ------
    OSError
        If this is no Linux on x86-64, or the system does not let itself be asked for it.
    """
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise OSError(errno.ENOTSUP, "AMX can be refused on Linux on x86-64 only")
    code = b"".join(
        struct.pack("HBBI", *line)
        for line in (
            (_LOAD, 0, 0, _PROCESSOR),
            (_JUMP_IF_EQUAL, 0, 5, _X86_64),  # else to the end
            (_LOAD, 0, 0, _NUMBER),
            (_JUMP_IF_EQUAL, 0, 3, _ARCH_PRCTL),
            (_LOAD, 0, 0, _FIRST),
            (_JUMP_IF_EQUAL, 0, 1, _REQUEST_FEATURE),
            (_RETURN, 0, 0, _ERROR | errno.EPERM),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    kept = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(kept))
    library = ctypes.CDLL(None, use_errno=True)
    asked = library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if asked or library.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "the system refuses to filter system calls")
