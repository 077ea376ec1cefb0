using System.Runtime.InteropServices;

namespace IoAsid.Typed.Mutations;

/// <summary>The verdict on a site: the test that fails without it, or why no test does.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Verdict(string Text)
{
    private const string Survivor = "survives";
    private const string Equivalent = "equivalent: ";
    private const string Todo = "todo: ";

    /// <summary>No test fails, and no reason is written.</summary>
    public static readonly Verdict Survives = new(Survivor);

    /// <summary>No test was searched for yet.</summary>
    public static readonly Verdict NotSearched = new(Todo + "no test was searched for yet");

    public bool IsOpen => Text is null || Text.StartsWith(Survivor, StringComparison.Ordinal);

    /// <summary>Gets a value indicating whether no test can see the difference. The reason follows.</summary>
    public bool IsEquivalent => Text?.StartsWith(Equivalent, StringComparison.Ordinal) == true;

    /// <summary>Gets a value indicating whether a test could see the difference, and is not written yet.</summary>
    public bool IsTodo => Text?.StartsWith(Todo, StringComparison.Ordinal) == true;

    public bool IsTest => !IsOpen && !IsEquivalent && !IsTodo;

    /// <summary>Returns the verdict on changed code that no test misses: it keeps the words that were written about the former code.</summary>
    public Verdict AfterChange() => IsOpen ? this : new Verdict($"{Survivor}; before the change it was {Text}");

    public override string ToString() => Text;
}
