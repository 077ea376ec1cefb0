namespace QuickStart.RunTime;

/// <summary>The id of the requesting device: bus, device and function.</summary>
public readonly record struct RequesterId(ushort Value)
{
    public override string ToString() => $"{Value >> 8:x2}:{(Value >> 3) & 31:x2}.{Value & 7}";
}
