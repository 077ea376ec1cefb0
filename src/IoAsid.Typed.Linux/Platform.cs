using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux;

internal static class Platform
{
    /// <summary>The size of a page of the processor's memory.</summary>
    public static ulong PageSize => (ulong)Environment.SystemPageSize;

    /// <exception cref="PlatformNotSupportedException">The system is not 64-bit Linux.</exception>
    public static void ThrowIfNotLinux()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            throw new PlatformNotSupportedException(
                $"IoAsid.Typed.Linux uses /dev/iommu and /dev/vfio of 64-bit Linux. This is {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}.");
        }
    }
}
