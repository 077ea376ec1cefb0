using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>A file in memory (memfd).</summary>
internal static partial class MemoryFile
{
    public static FileStream Create(long length)
    {
        FileStream file = new(new SafeFileHandle(memfd_create("ioasid", 0), ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
        file.SetLength(length);
        return file;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int memfd_create(string name, uint flags);
}
