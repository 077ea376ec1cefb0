using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Counts the lives of each requester's PASIDs: one begins whenever the PASID entry becomes present.</summary>
internal sealed class PasidLives(TableLook look, SparseMemory memory)
{
    private readonly Dictionary<(RequesterId Requester, Pasid Pasid), Life> _lives = [];
    private readonly Dictionary<ulong, List<Life>> _byEntry = [];

    /// <summary>The number of the present life of a PASID, or of its last one.</summary>
    public int NumberOf(RequesterId requester, Pasid pasid)
    {
        if (!_lives.TryGetValue((requester, pasid), out Life? life))
            _lives[(requester, pasid)] = life = new Life();
        if (look.FindPasidEntry(requester, pasid) is { } entry)
        {
            Place(life, entry.Address);
            life.Set(entry.Present);
        }

        return life.Number;
    }

    /// <summary>Whether a PASID has an entry that is present.</summary>
    public bool IsAlive(RequesterId requester, Pasid pasid) => _lives.TryGetValue((requester, pasid), out Life? life) && life.Present;

    /// <summary>Takes a processor's write: P of an entry may have changed.</summary>
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

    private void Place(Life life, ulong entry)
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
