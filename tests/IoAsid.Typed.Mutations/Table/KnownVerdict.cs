using System.Runtime.InteropServices;

namespace IoAsid.Typed.Mutations;

/// <summary>The entry of the table for a site.</summary>
/// <param name="Verdict">The verdict; open if the table has no row for the site.</param>
/// <param name="IsOfSameMember">Whether the verdict was found for the member as it is. Of a changed member, a test must prove itself, and reasons count no more.</param>
/// <param name="IsOfSameCode">Whether the verdict was found for code of the same shape.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KnownVerdict(Verdict Verdict, bool IsOfSameMember, bool IsOfSameCode)
{
    /// <summary>Gets a value indicating whether the table has neither a test nor a reason for the site.</summary>
    public bool IsOpen => Verdict.IsOpen || (!IsOfSameMember && !Verdict.IsTest);
}
