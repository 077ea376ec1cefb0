namespace IoAsid.Typed.Hardware;

/// <summary>A command to a DMA engine: code 7:0, PASID 51:32.</summary>
/// <param name="Bits">The register.</param>
public readonly record struct DmaEngineCommand(ulong Bits)
{
    /// <summary>What is to be done.</summary>
    public DmaEngineCommandCode Code
    {
        get => (DmaEngineCommandCode)WordField.Get(Bits, 0, 8);
        init => Bits = WordField.With(Bits, 0, 8, (ulong)value);
    }

    /// <summary>For which PASID.</summary>
    public Pasid Pasid { get => new((uint)WordField.Get(Bits, 32, 20)); init => Bits = WordField.With(Bits, 32, 20, value.Value); }
}
