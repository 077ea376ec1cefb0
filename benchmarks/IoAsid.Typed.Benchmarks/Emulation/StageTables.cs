using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary>Four levels of tables of one stage, filled page by page.</summary>
internal sealed class StageTables(Frames frames, bool firstStage)
{
    public ulong Top { get; } = frames.Take();

    /// <summary>Maps a page of a level: 1 is 4 KiB, 2 is 2 MiB, 3 is 1 GiB.</summary>
    /// <returns>The addresses of the entries on the way, from the top.</returns>
    public ulong[] Map(ulong input, ulong output, int level = 1, bool used = true)
    {
        List<ulong> path = [];
        ulong table = Top;
        for (int at = 4; at > level; at--)
        {
            ulong entry = table + (ulong)TranslationTables.IndexOf(input, at) * 8;
            path.Add(entry);
            if (frames.Read(entry) == 0)
                frames.Write(entry, Entry(frames.Take(), large: false, used));

            table = frames.Read(entry) & 0x000F_FFFF_FFFF_F000;
        }

        ulong leaf = table + (ulong)TranslationTables.IndexOf(input, level) * 8;
        path.Add(leaf);
        frames.Write(leaf, Entry(output, large: level > 1, used));
        return [.. path];
    }

    private ulong Entry(ulong address, bool large, bool used) => firstStage
        ? new FirstStageEntry { Present = true, Writable = true, User = true, PageSize = large, Accessed = used, Dirty = used, Address = address }.Bits
        : new SecondStageEntry { Read = true, Write = true, PageSize = large, Accessed = used, Dirty = used, Address = address }.Bits;
}
