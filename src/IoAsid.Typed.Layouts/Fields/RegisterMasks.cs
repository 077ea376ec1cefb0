using System.Runtime.InteropServices;

namespace IoAsid.Typed.Layouts;

/// <summary>The effect of software's accesses on a register in one piece of hardware: a mask for each kind of access.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RegisterMasks
{
    /// <summary>The bits that reads give as 0.</summary>
    private readonly ulong _hidden;

    /// <summary>Collects the bits of fields by their <see cref="BitField.Access"/>.</summary>
    /// <param name="fields">The fields of a register, all in one 64-bit word.</param>
    /// <param name="conditions">The conditions that decide which fields exist. Writes change nothing in the bits of others.</param>
    public RegisterMasks(IReadOnlyCollection<BitField> fields, LayoutConditions conditions)
    {
        ReadWrite = MaskOf(RegisterAccess.ReadWrite);
        WriteOnly = MaskOf(RegisterAccess.WriteOnly);
        OneToClear = MaskOf(RegisterAccess.OneToClear);
        OneShot = MaskOf(RegisterAccess.OneShot);
        bool isWriteOnly = fields.All(field => field.Access is RegisterAccess.WriteOnly or RegisterAccess.OneShot);
        _hidden = isWriteOnly ? ulong.MaxValue : WriteOnly;

        ulong MaskOf(RegisterAccess access) => fields
            .Where(field => field.Access == access && field.Exists(conditions))
            .Aggregate(0UL, (mask, field) => mask | field.Mask);
    }

    /// <summary>The bits that keep what is written and are read back.</summary>
    public ulong ReadWrite { get; }

    /// <summary>The bits that keep what is written and read as 0.</summary>
    public ulong WriteOnly { get; }

    /// <summary>The bits that writing 1 clears.</summary>
    public ulong OneToClear { get; }

    /// <summary>The bits that begin an action.</summary>
    public ulong OneShot { get; }

    /// <summary>Returns the content of the register after a write, before hardware acts on one-shot bits.</summary>
    /// <param name="current">The content before.</param>
    /// <param name="written">The bits that are written, in place. Bits outside <paramref name="lanes"/> have no effect.</param>
    /// <param name="lanes">The bits that the access covers: all, or a 32-bit half.</param>
    public ulong Write(ulong current, ulong written, ulong lanes = ulong.MaxValue)
    {
        ulong stored = (ReadWrite | WriteOnly) & lanes;
        ulong cleared = OneToClear & written & lanes;
        ulong begun = OneShot & written & lanes;
        return (((current & ~stored) | (written & stored)) & ~cleared) | begun;
    }

    /// <summary>Returns what a read of the register gives: write-only bits, and all bits of a write-only register, are 0.</summary>
    /// <param name="current">The content.</param>
    public ulong Read(ulong current) => current & ~_hidden;
}
