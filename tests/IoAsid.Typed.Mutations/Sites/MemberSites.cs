namespace IoAsid.Typed.Mutations;

/// <summary>The sites of a member, in the order of the code.</summary>
internal sealed record MemberSites(MutatedMember Member, IReadOnlyList<int> Sites)
{
    public static IEnumerable<MemberSites> Of(IReadOnlyList<MutationSite> sites) =>
        from site in Enumerable.Range(0, sites.Count)
        group site by sites[site].Member into member
        select new MemberSites(member.Key, [.. member.OrderBy(site => sites[site].Span.Start).ThenByDescending(site => sites[site].Span.Length)]);
}
