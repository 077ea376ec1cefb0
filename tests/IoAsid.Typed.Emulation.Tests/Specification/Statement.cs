namespace IoAsid.Typed.Emulation.Tests.Specification;

/// <summary>A statement of the VT-d specification that hardware must obey.</summary>
/// <param name="Id">The section and a number in it, as in <c>6.5.2.3/4</c>.</param>
/// <param name="Revisions">The revisions of the architecture that it holds in; empty if in all.</param>
/// <param name="Text">What it says.</param>
/// <param name="Reason">Why the unit does not model it; empty if it does.</param>
internal sealed record Statement(string Id, string Revisions, string Text, string Reason)
{
    public string Section => Id[..Id.IndexOf('/', StringComparison.Ordinal)];

    public string Chapter => Section.Split('.')[0];

    public bool IsModelled => Reason.Length == 0;
}
