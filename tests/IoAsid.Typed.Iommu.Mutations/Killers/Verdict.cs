using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>What is known of a site: the test that fails without it, or why none does.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Verdict(string Text)
{
    private const string Equivalent = "equivalent: ";
    private const string Todo = "todo: ";

    /// <summary>No test fails, and nobody has said why.</summary>
    public static readonly Verdict Survives = new("survives");

    public bool IsOpen => Text is null || this == Survives;

    /// <summary>Nobody can see the difference: the reason follows.</summary>
    public bool IsEquivalent => Text?.StartsWith(Equivalent, StringComparison.Ordinal) == true;

    /// <summary>A test could see the difference, and is not written yet.</summary>
    public bool IsTodo => Text?.StartsWith(Todo, StringComparison.Ordinal) == true;

    public bool IsTest => !IsOpen && !IsEquivalent && !IsTodo;

    public override string ToString() => Text;
}
