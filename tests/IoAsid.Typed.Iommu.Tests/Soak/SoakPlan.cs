using CsCheck;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A run: the seed of the machine and the operations.</summary>
internal sealed record SoakPlan(ulong Seed, IReadOnlyList<SoakOperation> Operations)
{
    // Operations that create objects or work are more frequent than those that end them.
    private static readonly Gen<SoakKind> Kinds = Gen.Frequency(
        (5, OneOf(SoakKind.StartProcess, SoakKind.Bind, SoakKind.Bind, SoakKind.Bind, SoakKind.StartGuest, SoakKind.AttachAuxiliary, SoakKind.GuestBind)),
        (9, OneOf(SoakKind.Work, SoakKind.Work, SoakKind.AuxiliaryWork, SoakKind.GuestWork, SoakKind.GuestWork)),
        (3, OneOf(SoakKind.Unmap, SoakKind.Protect, SoakKind.GuestUnmap, SoakKind.RemapAuxiliary)),
        (3, OneOf(SoakKind.Unbind, SoakKind.Unbind, SoakKind.Exit, SoakKind.DetachAuxiliary, SoakKind.GuestUnbind, SoakKind.GuestFree, SoakKind.GuestEnds)),
        (2, OneOf(
            SoakKind.Misbehave, SoakKind.Reset, SoakKind.RemoveDevice, SoakKind.RefuseMemory, SoakKind.ObserverThrows, SoakKind.GuestMisbehaves, SoakKind.InterruptsOff)),
        (2, Gen.Const(SoakKind.Wait)));

    private static readonly Gen<SoakOperation> Operation = Gen.Select(
        Kinds, Gen.Int[0, 15], Gen.Int[0, 63], (kind, first, second) => new SoakOperation(kind, first, second));

    /// <summary>Generates plans with at most the given number of operations.</summary>
    public static Gen<SoakPlan> UpTo(int operations) =>
        Gen.Select(Gen.ULong, Operation.Array[1, operations], (seed, chosen) => new SoakPlan(seed, chosen));

    private static Gen<SoakKind> OneOf(params SoakKind[] kinds) => Gen.Int[0, kinds.Length - 1].Select(index => kinds[index]);

    public override string ToString() => $"seed {Seed}: {string.Join(", ", Operations)}";
}
