using System.Runtime.InteropServices;

namespace IoAsid.Typed.Mutations;

/// <summary>The verdict on a site: the test that fails if the site is mutated, or the reason why no test fails.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Verdict(string Text)
{
    private const string Survivor = "survives";
    private const string Equivalent = "equivalent: ";
    private const string Todo = "todo: ";

    /// <summary>The verdict that no test fails, without a reason.</summary>
    public static readonly Verdict Survives = new(Survivor);

    /// <summary>The verdict before a search for a test.</summary>
    public static readonly Verdict NotSearched = new(Todo + "no test was searched for yet");

    public bool IsOpen => Text is null || Text.StartsWith(Survivor, StringComparison.Ordinal);

    /// <summary>Gets a value indicating whether the mutant is equivalent, so that no test can fail. The text has the reason.</summary>
    public bool IsEquivalent => Text?.StartsWith(Equivalent, StringComparison.Ordinal) == true;

    /// <summary>Gets a value indicating whether a test for the site is still to be written.</summary>
    public bool IsTodo => Text?.StartsWith(Todo, StringComparison.Ordinal) == true;

    public bool IsTest => !IsOpen && !IsEquivalent && !IsTodo;

    /// <summary>Returns the verdict on changed code without a failing test. It keeps the text about the former code.</summary>
    public Verdict AfterChange() => IsOpen ? this : new Verdict($"{Survivor}; before the change it was {Text}");

    public override string ToString() => Text;
}
