namespace IoAsid.Typed.Hardware;

/// <summary>
/// An error without a completion record to tell it in: valid 0, overflow 1, status 15:8, queue 23:16, PASID present 31, PASID
/// 51:32.
/// </summary>
/// <param name="Bits">The register.</param>
public readonly record struct DmaEngineError(ulong Bits)
{
    /// <summary>There was an error.</summary>
    public bool IsValid { get => WordField.IsSet(Bits, 0); init => Bits = WordField.With(Bits, 0, value); }

    /// <summary>There were more than one; the first is told.</summary>
    public bool Overflow { get => WordField.IsSet(Bits, 1); init => Bits = WordField.With(Bits, 1, value); }

    /// <summary>What it was.</summary>
    public DmaStatus Status { get => (DmaStatus)WordField.Get(Bits, 8, 8); init => Bits = WordField.With(Bits, 8, 8, (ulong)value); }

    /// <summary>The work queue.</summary>
    public int Queue { get => (int)WordField.Get(Bits, 16, 8); init => Bits = WordField.With(Bits, 16, 8, (ulong)value); }

    /// <summary>Whether the descriptor had a PASID.</summary>
    public bool HasPasid { get => WordField.IsSet(Bits, 31); init => Bits = WordField.With(Bits, 31, value); }

    /// <summary>The PASID of the descriptor.</summary>
    public Pasid Pasid { get => new((uint)WordField.Get(Bits, 32, 20)); init => Bits = WordField.With(Bits, 32, 20, value.Value); }
}
