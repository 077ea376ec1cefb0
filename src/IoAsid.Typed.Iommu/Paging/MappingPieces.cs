using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The pages of a mapping. Each page is as large as both addresses allow.</summary>
/// <param name="Range">The addresses.</param>
/// <param name="Physical">The physical address of the first page.</param>
/// <param name="LargestLevel">The highest level that may map a page: 1 to 3.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MappingPieces(AddressRange Range, ulong Physical, int LargestLevel)
{
    public Enumerator GetEnumerator() => new(this);

    private int LevelAt(ulong offset)
    {
        ulong left = Range.Length - offset;
        ulong either = (Range.Start + offset) | (Physical + offset);
        int level = LargestLevel;
        while (left < TranslationTables.PageSizeOf(level) || either % TranslationTables.PageSizeOf(level) != 0)
            level--;
        return level;
    }

    /// <summary>The pages in ascending order.</summary>
    [StructLayout(LayoutKind.Auto)]
    public ref struct Enumerator(MappingPieces pieces)
    {
        private ulong _next;

        public (ulong Address, ulong Physical, int Level) Current { get; private set; }

        public bool MoveNext()
        {
            if (_next >= pieces.Range.Length)
                return false;
            int level = pieces.LevelAt(_next);
            Current = (pieces.Range.Start + _next, pieces.Physical + _next, level);
            _next += TranslationTables.PageSizeOf(level);
            return true;
        }
    }
}
