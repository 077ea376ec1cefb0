namespace IoAsid.Typed.Vtd;

/// <summary>IVA: the pages of an IOTLB invalidation by register. Write it before IOTLB.</summary>
[BitLayout("IVA_REG", 64, Access = RegisterAccess.WriteOnly)]
public readonly partial record struct InvalidateAddressRegister
{
    /// <summary>AM: 2^AM pages of 4 KiB are invalidated.</summary>
    [Bits("AM", 0, 5)] public partial byte AddressMask { get; init; }

    /// <summary>IH: only leaf entries were changed.</summary>
    [Bits("IH", 6)] public partial bool InvalidationHint { get; init; }

    /// <summary>ADDR: the first page, a multiple of 2^AM pages.</summary>
    [Bits("ADDR", 12, 63, Content = FieldContent.Address)] public partial ulong Address { get; init; }
}
