namespace IoAsid.Typed.Vtd;

/// <summary>PRS: whether page requests wait, and whether some were lost.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PageRequestStatusRegister(Bits64 Bits) : IBitStructure<PageRequestStatusRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("PRS_REG", 32, PendingPageRequestField, PageRequestOverflowField);

    /// <summary>PPR: an entry was added. Writing 1 clears it.</summary>
    public bool PendingPageRequest
    {
        get => PendingPageRequestField.IsSet(Bits);
        init => Bits = PendingPageRequestField.With(Bits, value);
    }

    /// <summary>PRO: the queue was full; requests are discarded until it is cleared. Writing 1 clears it.</summary>
    public bool PageRequestOverflow
    {
        get => PageRequestOverflowField.IsSet(Bits);
        init => Bits = PageRequestOverflowField.With(Bits, value);
    }

    private static BitField PendingPageRequestField => new("PPR", 0);

    private static BitField PageRequestOverflowField => new("PRO", 1);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
