using System.Runtime.InteropServices;

namespace IoAsid.Typed.Analyzers;

/// <summary>The standing of a rule with the value that it follows. Paths meet only where they stand alike.</summary>
/// <param name="phase">The judgement of the rule.</param>
/// <param name="names">The names that the value has, a bit each.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Standing(int phase, ulong names) : IEquatable<Standing>
{
    public int Phase => phase;

    public ulong Names => names;

    public bool Equals(Standing other) => phase == other.Phase && names == other.Names;

    public override bool Equals(object? obj) => obj is Standing other && Equals(other);

    public override int GetHashCode() => (phase * 397) ^ names.GetHashCode();
}

/// <summary>A path up to the current operation: the standing of the followed value, and the facts.</summary>
internal readonly struct FlowPath(Standing standing, Facts facts)
{
    public Standing Standing => standing;

    public Facts Facts => facts;

    public FlowPath In(int phase) => new(new Standing(phase, standing.Names), facts);

    public FlowPath Named(ulong names) => new(new Standing(standing.Phase, names), facts);

    public FlowPath Knowing(Facts known) => new(standing, known);
}
