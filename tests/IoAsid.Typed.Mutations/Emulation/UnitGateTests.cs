namespace IoAsid.Typed.Mutations;

/// <summary>Every step, check, flag and hold of the emulated unit is needed.</summary>
public sealed class UnitGateTests() : MutationGate(s_target)
{
    private static readonly MutationTarget s_target =
        new("IoAsid.Typed.Emulation", "IoAsid.Typed.Emulation.Tests", "Emulation/killers.tsv", "Unit/");
}
