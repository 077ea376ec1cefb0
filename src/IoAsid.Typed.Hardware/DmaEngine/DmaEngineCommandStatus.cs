namespace IoAsid.Typed.Hardware;

/// <summary>How a command goes: active 0, error 1.</summary>
/// <param name="Bits">The register.</param>
public readonly record struct DmaEngineCommandStatus(ulong Bits)
{
    /// <summary>A command is being carried out.</summary>
    public bool IsActive { get => WordField.IsSet(Bits, 0); init => Bits = WordField.With(Bits, 0, value); }

    /// <summary>The last command was not known, or written while another one was active.</summary>
    public bool IsRefused { get => WordField.IsSet(Bits, 1); init => Bits = WordField.With(Bits, 1, value); }
}
