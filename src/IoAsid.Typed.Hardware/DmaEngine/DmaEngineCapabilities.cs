namespace IoAsid.Typed.Hardware;

/// <summary>What a DMA engine can do: queues 7:0, engines 15:8, depth of a queue 31:16.</summary>
/// <param name="Bits">The register.</param>
public readonly record struct DmaEngineCapabilities(ulong Bits)
{
    /// <summary>How many work queues, and portals, it has.</summary>
    public int Queues { get => (int)WordField.Get(Bits, 0, 8); init => Bits = WordField.With(Bits, 0, 8, (ulong)value); }

    /// <summary>How many descriptors it works on at a time.</summary>
    public int Engines { get => (int)WordField.Get(Bits, 8, 8); init => Bits = WordField.With(Bits, 8, 8, (ulong)value); }

    /// <summary>How many descriptors wait in a queue at most. A sender to a dedicated queue must count.</summary>
    public int QueueDepth { get => (int)WordField.Get(Bits, 16, 16); init => Bits = WordField.With(Bits, 16, 16, (ulong)value); }
}
