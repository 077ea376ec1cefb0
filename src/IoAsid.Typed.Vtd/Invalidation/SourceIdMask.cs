namespace IoAsid.Typed.Vtd;

internal static class SourceIdMask
{
    /// <summary>The bits of a source id that a function mask tells to ignore: 0 none, 1 bit 2, 2 bits 2:1, 3 bits 2:0.</summary>
    internal static ushort IgnoredBits(byte functionMask) => functionMask switch
    {
        0 => 0b000,
        1 => 0b100,
        2 => 0b110,
        _ => 0b111,
    };
}
