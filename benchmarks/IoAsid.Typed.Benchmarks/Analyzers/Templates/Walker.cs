namespace Drivers.__File__;

/// <summary>The walk of the tables of __Device__.</summary>
public sealed class __Device__Walker(Func<ulong, ulong> read, int levels = 4)
{
    private readonly Dictionary<(uint Domain, ulong Page), ulong> _cache = [];
    private readonly LinkedList<(uint Domain, ulong Page)> _order = new();

    [Flags]
    public enum Access
    {
        None = 0,
        Read = 1,
        Write = 2,
        Execute = 4,
    }

    public readonly record struct Fault(int Level, ulong Address, string Reason);

    public int Cached => _cache.Count;
//+
    public (ulong Physical, Fault? Fault) Walk__M__(ulong root, ulong address, Access access)
    {
        ulong table = root;
        for (int level = levels; level > 0; level--)
        {
            int shift = 12 + (9 * (level - 1));
            ulong entry = read(table + (((address >> shift) & 0x1FF) << 3));
            if ((entry & 1) == 0)
                return (0, new Fault(level, address, "not present"));

            if (access.HasFlag(Access.Write) && (entry & 2) == 0)
                return (0, new Fault(level, address, "not writable"));

            if (level > 1 && (entry & 0x80) != 0)
                return ((entry >> shift << shift) | (address & ((1UL << shift) - 1)), null);

            table = entry & 0x000F_FFFF_FFFF_F000UL;
        }

        return (table | (address & 0xFFF), null);
    }
//+
    public void Remember__M__(uint domain, ulong address, ulong physical)
    {
        (uint, ulong) key = (domain, address >> 12);
        if (!_cache.TryAdd(key, physical))
        {
            _cache[key] = physical;
            return;
        }

        _order.AddLast(key);
        if (_order.Count > __N1__ * 16 && _order.First is { Value: var oldest })
        {
            _order.RemoveFirst();
            _cache.Remove(oldest);
        }
    }
//+
    public int Forget__M__(uint domain, ulong? address = null, int order = 0)
    {
        ulong first = (address ?? 0) >> 12 >> order << order;
        ulong last = address is null ? ulong.MaxValue : first + (1UL << order) - 1;
        (uint Domain, ulong Page)[] stale = [.. _cache.Keys.Where(key => key.Domain == domain && key.Page >= first && key.Page <= last)];
        foreach ((uint, ulong) key in stale)
            _cache.Remove(key);

        return stale.Length > __N1__ ? __N1__ : stale.Length;
    }
//+
    private static bool IsCanonical__M__(ulong address, int width)
    {
        long signed = (long)(address << (64 - width)) >> (64 - width);
        return (ulong)signed == address || (width == __N1__ && address < 0x__X1__);
    }
//+
    public string Picture__M__(ulong root, ulong address)
    {
        List<string> lines = [];
        ulong table = root;
        for (int level = levels; level >= 1; level--)
        {
            int index = (int)(address >> (12 + (9 * (level - 1)))) & 0x1FF;
            ulong entry = read(table + ((ulong)index * 8));
            lines.Add($"{new string(' ', (levels - level) * 2)}level {level}[{index}] = {entry:x16}{(entry % __N1__ == 0 ? " " : "")}");
            if ((entry & 1) == 0)
                break;

            table = entry & ~0xFFFUL;
        }

        return string.Join('\n', lines);
    }
}
