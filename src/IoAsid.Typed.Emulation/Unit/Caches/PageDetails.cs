using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>The rights and sizes of a page, in the upper 16 bits of a word. The other bits are free.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PageDetails
{
    /// <summary>The bits of a word that rights and sizes take.</summary>
    public const ulong Mask = ulong.MaxValue << RightsPlace;

    private const int RightsPlace = 48;
    private const int LevelPlace = 56;
    private const int FirstStageLevelPlace = 60;
    private const int LevelBits = 0b1111;

    /// <param name="level">The level of the page: 1 is a page of 4 KiB, 2 of 2 MiB, 3 of 1 GiB. With nested translation it is the smaller of two.</param>
    /// <param name="firstStageLevel">The level of the first stage's page, or 0 without a first stage.</param>
    /// <param name="rights">The rights of the page.</param>
    public PageDetails(int level, int firstStageLevel, PageRights rights) =>
        Bits = (ulong)(uint)(level << LevelPlace - RightsPlace | firstStageLevel << FirstStageLevelPlace - RightsPlace | (int)rights) << RightsPlace;

    /// <param name="bits">A word with the rights and sizes. Its other bits are kept.</param>
    public PageDetails(ulong bits) => Bits = bits;

    public ulong Bits { get; }

    public int Level => (int)(Bits >> LevelPlace) & LevelBits;

    public int FirstStageLevel => (int)(Bits >> FirstStageLevelPlace);

    /// <summary>The levels of the page and of the first stage's page, as one number.</summary>
    public byte Levels => (byte)(Bits >> LevelPlace);

    public PageRights Rights => (PageRights)(byte)(Bits >> RightsPlace);

    /// <summary>Returns the same page without some rights.</summary>
    public PageDetails Without(PageRights rights) => new(Bits & ~((ulong)rights << RightsPlace));

    /// <summary>Returns the same page without the rights that another page lacks, and with the level of the other page if that is lower.</summary>
    /// <param name="other">The other page.</param>
    /// <param name="rights">The rights that the other page limits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageDetails LimitedBy(PageDetails other, PageRights rights)
    {
        ulong bits = Bits & (other.Bits | ~((ulong)rights << RightsPlace));
        return new PageDetails(other.Level < Level ? bits - ((ulong)(uint)(Level - other.Level) << LevelPlace) : bits);
    }
}
