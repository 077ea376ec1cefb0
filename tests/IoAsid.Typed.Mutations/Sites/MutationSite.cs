using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Mutations;

/// <summary>One place of the sources that can be mutated.</summary>
/// <param name="Member">The member around it.</param>
/// <param name="Operator">The kind of code that the mutant lacks.</param>
/// <param name="Shape">The shape of the code that the mutant lacks.</param>
/// <param name="Span">The position of the code in its file, which orders the sites of a member.</param>
/// <param name="Place">The file and line, for messages and filters. No key depends on it.</param>
/// <param name="Code">The code, shortened, for messages. No key depends on it.</param>
internal sealed record MutationSite(MutatedMember Member, MutationOperator Operator, string Shape, TextSpan Span, string Place, string Code)
{
    public override string ToString() => $"{Place} {Member.Name} {Operator.ToString().ToLowerInvariant()} {Code}";
}
