using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>The functions of libc that the checks need and the library does not.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int poll(PollFile* files, nuint count, int timeout);
}

[StructLayout(LayoutKind.Sequential)]
internal struct PollFile
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
