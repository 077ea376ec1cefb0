namespace IoAsid.Typed.Vtd;

/// <summary>A wait descriptor, which completes when all earlier descriptors are complete (VT-d, Invalidation Wait Descriptor).</summary>
/// <remarks>With IF, SW and FN clear the descriptor has no effect.</remarks>
[BitLayout("Invalidation wait", 256, Initial = (ulong)InvalidationType.Wait)]
public readonly partial record struct InvalidationWait
{
    /// <summary>The type.</summary>
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial InvalidationType Type { get; init; }

    /// <summary>IF: set ICS.IWC and raise the invalidation event.</summary>
    [Bits("IF", 4)] public partial bool InterruptFlag { get; init; }

    /// <summary>SW: store the status data at the status address.</summary>
    [Bits("SW", 5)] public partial bool StatusWrite { get; init; }

    /// <summary>FN: later descriptors start only after the wait is complete.</summary>
    [Bits("FN", 6)] public partial bool Fence { get; init; }

    /// <summary>PD: page requests sent before it are in the ring first. Needs ECAP.PDS.</summary>
    [Bits("PD", 7, Needs = Requirement.PageRequestDrain)] public partial bool PageRequestDrain { get; init; }

    /// <summary>The status data to store.</summary>
    [Bits("STATUS_DATA", 32, 63)] public partial uint StatusData { get; init; }

    /// <summary>The address to store it at: a multiple of 4. Bits at and above the host address width are ignored.</summary>
    [Bits("STATUS_ADDR", 66, 127, Content = FieldContent.Address)] public partial ulong StatusAddress { get; init; }
}
