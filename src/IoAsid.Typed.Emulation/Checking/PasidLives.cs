using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The lives of the PASIDs of each requester. A life begins when the PASID entry becomes present.</summary>
internal sealed class PasidLives(CurrentTables tables, SparseMemory memory)
{
    private readonly Dictionary<(RequesterId Requester, Pasid Pasid), Life> _lives = [];
    private readonly Dictionary<ulong, List<Life>> _byEntry = [];

    /// <summary>Returns the number of the current or last life of a PASID.</summary>
    public int NumberOf(RequesterId requester, Pasid pasid)
    {
        if (!_lives.TryGetValue((requester, pasid), out Life? life))
            _lives[(requester, pasid)] = life = new Life();
        if (tables.FindPasidEntry(requester, pasid) is { } entry)
        {
            SetEntry(life, entry.Address);
            life.Set(entry.Present);
        }

        return life.Number;
    }

    /// <summary>Returns true if the entry of a PASID is present.</summary>
    public bool IsAlive(RequesterId requester, Pasid pasid) => _lives.TryGetValue((requester, pasid), out Life? life) && life.Present;

    /// <summary>Records a write of a processor. The write can change the present bit of an entry.</summary>
    public void Written(ulong address, int length)
    {
        for (ulong entry = address & ~63UL; entry < address + (ulong)length; entry += 64)
        {
            if (!_byEntry.TryGetValue(entry, out List<Life>? lives) || !memory.TryReadUInt64(entry, out ulong word))
                continue;
            foreach (Life life in lives)
                life.Set((word & 1) != 0);
        }
    }

    private void SetEntry(Life life, ulong entry)
    {
        if (life.Entry == entry)
            return;
        if (_byEntry.TryGetValue(life.Entry, out List<Life>? before))
            before.Remove(life);
        life.Entry = entry;
        if (!_byEntry.TryGetValue(entry, out List<Life>? lives))
            _byEntry[entry] = lives = [];
        lives.Add(life);
    }

    private sealed class Life
    {
        public ulong Entry { get; set; }

        public int Number { get; private set; }

        public bool Present { get; private set; }

        public void Set(bool present)
        {
            if (present && !Present)
                Number++;
            Present = present;
        }
    }
}
