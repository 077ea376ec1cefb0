using Xunit.v3;

namespace IoAsid.Typed.Tests;

/// <summary>
/// The statements of the VT-d specification that a test proves, named by their ids in the lists of <c>IoAsid.Typed.Emulation.Tests/Specification</c>.
/// The ids are also traits: <c>--filter-trait "VT-d=6.5.2.3/4"</c> runs the tests of one statement.
/// </summary>
/// <param name="statements">The ids: a section and a number in it.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SpecificationAttribute(params string[] statements) : Attribute, ITraitAttribute
{
    /// <summary>The ids.</summary>
    public IReadOnlyList<string> Statements { get; } = statements;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [.. Statements.Select(id => KeyValuePair.Create("VT-d", id))];
}
