using System.Runtime.InteropServices;

namespace IoAsid.Typed.Mutations;

/// <summary>The verdict on one site of a member. Its key is its position among the rows of the member.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KillerRow(string Operator, string Shape, Verdict Verdict)
{
    public KillerRow(MutationSite site, Verdict verdict)
        : this(site.Operator.ToString().ToLowerInvariant(), site.Shape, verdict)
    {
    }

    public bool HasShapeOf(MutationSite site) => Shape == site.Shape && IsFor(site.Operator);

    public bool IsFor(MutationOperator @operator) => Operator.Equals(@operator.ToString(), StringComparison.OrdinalIgnoreCase);
}
