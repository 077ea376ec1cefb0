namespace IoAsid.Typed.Vtd;

internal static class HostWidth
{
    /// <summary>The bits at and above a width.</summary>
    internal static ulong Above(int width) => width >= 64 ? 0 : ulong.MaxValue << width;
}
