namespace IoAsid.Typed.Vtd;

/// <summary>IVA: the pages of an IOTLB invalidation by register. Write it before IOTLB.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InvalidateAddressRegister(Bits64 Bits) : IBitStructure<InvalidateAddressRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("IVA_REG", 64, AddressMaskField, InvalidationHintField, AddressField);

    /// <summary>AM: 2^AM pages of 4 KiB are invalidated.</summary>
    public byte AddressMask { get => (byte)AddressMaskField.Get(Bits); init => Bits = AddressMaskField.With(Bits, value); }

    /// <summary>IH: only leaf entries were changed.</summary>
    public bool InvalidationHint
    {
        get => InvalidationHintField.IsSet(Bits);
        init => Bits = InvalidationHintField.With(Bits, value);
    }

    /// <summary>ADDR: the first page, a multiple of 2^AM pages.</summary>
    public ulong Address { get => AddressField.GetAddress(Bits); init => Bits = AddressField.WithAddress(Bits, value); }

    private static BitField AddressMaskField => new("AM", 0, 6);

    private static BitField InvalidationHintField => new("IH", 6);

    private static BitField AddressField => new("ADDR", 12, 52, content: FieldContent.Address);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
