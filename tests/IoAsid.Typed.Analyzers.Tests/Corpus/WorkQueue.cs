namespace Corpus;

/// <summary>A device's shared work queue: descriptors carry the PASID of the submitter. A device model that hardly uses sets.</summary>
public sealed class WorkQueue(int depth, Func<RawIoAsid, ulong, byte> read)
{
    private readonly Queue<Descriptor> _descriptors = new(depth);
    private readonly ulong[] _registers = new ulong[16];

    public event EventHandler<Completion>? Completed;

    public readonly record struct Descriptor(RawIoAsid Pasid, ulong Source, int Length);

    public readonly record struct Completion(RawIoAsid Pasid, uint Checksum);

    public bool IsEnabled => (_registers[0] & 1) != 0;

    public ulong this[int register]
    {
        get => _registers[register];
        set => _registers[register] = register == 0 ? value & 3 : value;
    }

    /// <summary>Submits a descriptor as ENQCMD does. False means that the queue is full and the caller must retry.</summary>
    public bool TrySubmit(in Descriptor descriptor)
    {
        if (!IsEnabled || _descriptors.Count >= depth)
            return false;

        _descriptors.Enqueue(descriptor);
        return true;
    }

    public int Run(int steps)
    {
        int done = 0;
        while (done < steps && _descriptors.TryDequeue(out Descriptor descriptor))
        {
            uint checksum = 0;
            for (int offset = 0; offset < descriptor.Length; offset++)
                checksum = (checksum << 1 | checksum >> 31) ^ read(descriptor.Pasid, descriptor.Source + (ulong)offset);

            Completed?.Invoke(this, new Completion(descriptor.Pasid, checksum));
            done++;
        }

        return done;
    }

    public async IAsyncEnumerable<Completion> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        List<Completion> finished = [];
        void Remember(object? sender, Completion completion) => finished.Add(completion);
        Completed += Remember;
        try
        {
            while (Run(1) > 0)
            {
                await Task.Yield();
                cancellation.ThrowIfCancellationRequested();
                foreach (Completion completion in finished)
                    yield return completion;

                finished.Clear();
            }
        }
        finally
        {
            Completed -= Remember;
        }
    }
}
