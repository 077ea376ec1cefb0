using System.Runtime.InteropServices;

namespace IoAsid.Typed.Mutations;

/// <summary>The entry of the table for a site.</summary>
/// <param name="Verdict">The verdict; open if the table has no row for the site.</param>
/// <param name="IsOfSameMember">True if the member has not changed since the verdict. For a changed member the test is run again, and a search tries to replace a reason.</param>
/// <param name="IsOfSameCode">True if the verdict was found for code of the same shape.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KnownVerdict(Verdict Verdict, bool IsOfSameMember, bool IsOfSameCode)
{
    /// <summary>Gets a value indicating whether the table has neither a test nor a reason for the site.</summary>
    public bool IsOpen => Verdict.IsOpen || (!IsOfSameMember && !Verdict.IsTest);
}
