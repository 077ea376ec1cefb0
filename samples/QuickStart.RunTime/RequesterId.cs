namespace QuickStart.RunTime;

/// <summary>Which device asks: bus, device and function, as PCIe numbers them.</summary>
public readonly record struct RequesterId(ushort Value)
{
    public override string ToString() => $"{Value >> 8:x2}:{(Value >> 3) & 31:x2}.{Value & 7}";
}
