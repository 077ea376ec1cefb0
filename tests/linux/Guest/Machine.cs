using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>The devices of the machine that <c>tests/linux/run</c> boots, and the state that its kernel reports.</summary>
internal static class Machine
{
    /// <summary>A DMA engine without PASIDs.</summary>
    public static readonly PciAddress Edu = PciAddress.Parse("0000:00:03.0");

    /// <summary>A network card. PASID, ATS and PRI capabilities are added to its configuration space.</summary>
    public static readonly PciAddress WithPasids = PciAddress.Parse("0000:00:05.0");

    private const string Pending = "/sys/kernel/debug/fake_page_request";

    private static FileStream? s_log;

    /// <summary>Returns the lines of the kernel's log since the last call.</summary>
    public static IReadOnlyList<string> NewLogLines()
    {
        s_log ??= new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle((nint)LinuxSystemCalls.Instance.Open("/dev/kmsg", FileFlags.NonBlocking), ownsHandle: true), FileAccess.Read, bufferSize: 0);
        List<string> lines = [];
        byte[] record = new byte[8192];
        while (true)
        {
            try
            {
                int length = s_log.Read(record);
                lines.Add(System.Text.Encoding.UTF8.GetString(record, 0, length));
            }
            catch (IOException)
            {
                return lines;
            }
        }
    }

    /// <summary>Sends a page request as the device with PASIDs.</summary>
    public static void SendPageRequest(Pasid pasid, ulong address, PageFaultRights rights, uint group) =>
        File.WriteAllText(Pending, $"{pasid} {address:x} {(uint)rights} {group}");

    /// <summary>Returns the page group responses in the invalidation queue of the unit: PASID, group and response code (VT-d 7.7.1).</summary>
    public static IEnumerable<(Pasid Pasid, uint Group, uint Code)> PageGroupResponses()
    {
        foreach (string line in File.ReadLines("/sys/kernel/debug/iommu/intel/invalidation_queue"))
        {
            string[] cells = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length >= 3 && TryHex(cells[1], out ulong first) && TryHex(cells[2], out ulong second) && (first & 0xF) == 9)
                yield return (IommufdPasidConversion.ToPasid((uint)(first >> 32) & 0xF_FFFF), (uint)(second >> 3) & 0x1FF, (uint)(first >> 12) & 0xF);
        }
    }

    /// <summary>Returns true if the invalidation queue of the unit contains this page group response.</summary>
    public static bool HasAnswered(Pasid pasid, uint group, uint code) => PageGroupResponses().Any(response => response == (pasid, group, code));

    /// <summary>The number of open files of iommufd, VFIO and interrupts.</summary>
    public static int OpenFiles => Directory.GetFiles("/proc/self/fd").Count(file =>
        new FileInfo(file).LinkTarget is { } target && (target.Contains("iommu", StringComparison.Ordinal) || target.Contains("vfio", StringComparison.Ordinal) || target.Contains("eventfd", StringComparison.Ordinal)));

    private static bool TryHex(string text, out ulong value) => ulong.TryParse(text.Replace("0x", ""), System.Globalization.NumberStyles.HexNumber, null, out value);
}
