using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>The address of a PCI function as Linux writes it: <c>0000:00:03.0</c>.</summary>
/// <param name="Segment">The segment (domain).</param>
/// <param name="Function">Bus, device and function.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PciAddress(int Segment, RequesterId Function) : ISpanParsable<PciAddress>
{
    /// <summary>Parses an address.</summary>
    /// <param name="text">The address, with or without the segment.</param>
    /// <returns>The address.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is not an address.</exception>
    public static PciAddress Parse(string text) => Parse(text.AsSpan(), provider: null);

    /// <inheritdoc/>
    public static PciAddress Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out PciAddress result) ? result : throw new FormatException($"'{s}' is not a PCI address such as 0000:00:03.0.");

    /// <inheritdoc/>
    public static PciAddress Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PciAddress result) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PciAddress result)
    {
        result = default;
        int function = s.LastIndexOf('.');
        int device = function < 0 ? -1 : s[..function].LastIndexOf(':');
        if (device < 0)
            return false;

        int bus = s[..device].LastIndexOf(':');
        int segmentNumber = 0;
        if (!TryNumber(s[(function + 1)..], 1, 7, out int functionNumber)
            || !TryNumber(s[(device + 1)..function], 2, 31, out int deviceNumber)
            || !TryNumber(s[(bus + 1)..device], 2, 255, out int busNumber)
            || (bus >= 0 && !TryNumber(s[..bus], 8, int.MaxValue, out segmentNumber)))
            return false;

        result = new(segmentNumber, new RequesterId(busNumber, deviceNumber, functionNumber));
        return true;
    }

    /// <summary>Returns the address as sysfs names it.</summary>
    public override string ToString() => $"{Segment:x4}:{Function}";

    private static bool TryNumber(ReadOnlySpan<char> text, int digits, int most, out int number) =>
        int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && text.Length <= digits && number >= 0 && number <= most;
}
