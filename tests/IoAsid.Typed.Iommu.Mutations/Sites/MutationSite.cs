namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>One place of the sources that can be mutated. It is named by what stands there, not by a line, so that code may move.</summary>
/// <param name="File">The source, relative to the project.</param>
/// <param name="Member">The type and member around it.</param>
/// <param name="Operator">What the mutant lacks.</param>
/// <param name="Text">The code that it lacks, shortened.</param>
/// <param name="Ordinal">Which of several with the same text, from 1.</param>
internal sealed record MutationSite(string File, string Member, MutationOperator Operator, string Text, int Ordinal)
{
    public string Id => string.Join('\t', File, Member, Operator.ToString().ToLowerInvariant(), Ordinal == 1 ? Text : $"{Text} #{Ordinal}");

    public override string ToString() => Id.Replace('\t', ' ');
}
