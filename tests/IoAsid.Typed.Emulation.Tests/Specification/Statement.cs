namespace IoAsid.Typed.Emulation.Tests.Specification;

/// <summary>A statement of the VT-d specification that hardware must obey.</summary>
/// <param name="Id">The section and a number in it, as in <c>6.5.2.3/4</c>.</param>
/// <param name="Revisions">The revisions of the architecture in which the statement holds; empty for all.</param>
/// <param name="Text">The statement.</param>
/// <param name="Reason">The reason why the unit does not model the statement; empty if it does.</param>
internal sealed record Statement(string Id, string Revisions, string Text, string Reason)
{
    public string Section => Id[..Id.IndexOf('/', StringComparison.Ordinal)];

    public string Chapter => Section.Split('.')[0];

    public bool IsModelled => Reason.Length == 0;
}
