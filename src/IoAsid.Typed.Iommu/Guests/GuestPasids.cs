using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The PASIDs of a guest and the bindings behind them. It ends the devices' bindings of a PASID that is freed.</summary>
/// <remarks>Its tables change within one step of the machine, so no lock guards them. The lock of each binding orders binds and unbinds.</remarks>
internal sealed class GuestPasids : IDisposable
{
    // Number 0 is for requests without PASID, and guests reserve it, too.
    private const uint LowestNumber = 1;

    [OwnerSet]
    private readonly IoAsidSet<GuestSvaBinding> _set;

    private readonly VfioContainer _container;
    private readonly Dictionary<(RawIoAsid Id, uint Generation), GuestSvaBinding> _bindings = [];
    private readonly List<Task> _endings = [];
    private readonly IoAsidObserverRegistration _registration;

    public GuestPasids(VfioContainer container, IoAsidSet<SvaBinding> root, uint quota)
    {
        _container = container;
        try
        {
            _set = root.CreateSubset<GuestSvaBinding>(container.Name, owner: container, quota);
        }
        catch (IoAsidQuotaException error)
        {
            throw new IommuException(IommuError.NoPasid, $"There are no {quota} PASIDs for {container.Name}: {error.Message}", error);
        }

        _registration = _set.Observe(OnEdge, IoAsidObserverPriority.Iommu);
    }

    /// <summary>The set of the guest.</summary>
    [OwnerSet]
    public IoAsidSet Set => _set;

    /// <summary>The live bindings, as they are now.</summary>
    public IReadOnlyList<GuestSvaBinding> Bindings => [.. _bindings.Values];

    public static IommuException NoSuchPasid([GuestControlled] PrivateIoAsid pasid) =>
        new(IommuError.NotFound, $"The guest has no PASID {pasid}, or not on that device.");

    /// <summary>Returns the lowest number that the guest does not have.</summary>
    public PrivateIoAsid Next()
    {
        PrivateIoAsid pasid = new(LowestNumber);
        while (_set.TryResolve(pasid, out _))
            pasid = new PrivateIoAsid(pasid.Value + 1);
        return pasid;
    }

    /// <summary>Tries to allocate a PASID under a number of the guest.</summary>
    /// <param name="pasid">The number in the guest.</param>
    /// <param name="highest">The highest PASID that each device of the guest can send.</param>
    /// <param name="failure">The reason of a failure.</param>
    public bool TryAllocate([GuestControlled] PrivateIoAsid pasid, Pasid highest, out IoAsidAllocationFailure failure)
    {
        // The guest asks for a range of one number.
        failure = IoAsidAllocationFailure.RangeExhausted;
        if (pasid.Value is < LowestNumber or >= Pasid.Count || _set.TryResolve(pasid, out _))
            return false;
        GuestSvaBinding binding = new(_container);
        if (!_set.TryAllocate(binding, LowestNumber, _set.Space.HighestUpTo(highest), out IoAsidHandle<GuestSvaBinding> handle, out failure))
            return false;
        handle.AttachPrivateId(pasid);
        binding.GuestPasid = pasid;
        binding.Handle = handle;
        _bindings.Add((handle.Id, handle.Generation), binding);
        return true;
    }

    public IoAsidFreeResult Free([GuestControlled] PrivateIoAsid pasid)
    {
        IoAsidHandle<GuestSvaBinding> handle;
        using (IoAsidReference<GuestSvaBinding>? held = Hold(pasid))
        {
            if (held is null)
                return IoAsidFreeResult.AlreadyFreed;
            handle = held.Data.Handle;
        }

        return handle.Free();
    }

    /// <summary>Proves that a PASID is the guest's and holds it, in one step.</summary>
    public bool TryHold([GuestControlled] PrivateIoAsid pasid, [NotNullWhen(true)] out IoAsidReference? held)
    {
        if (Set.TryHold(pasid, out held))
            return true;
        _container.Counts.Refused++;
        return false;
    }

    /// <summary>As <see cref="TryHold"/>, with the binding.</summary>
    /// <returns>Null if the guest has no such PASID; that is counted.</returns>
    public IoAsidReference<GuestSvaBinding>? Hold([GuestControlled] PrivateIoAsid pasid)
    {
        if (_set.TryHold(pasid, out IoAsidReference<GuestSvaBinding>? held))
            return held;
        _container.Counts.Refused++;
        return null;
    }

    /// <summary>Tries to find the binding behind a number that hardware uses, if it is this guest's.</summary>
    public bool TryFind(Pasid pasid, [NotNullWhen(true)] out GuestSvaBinding? binding) => _set.TryFind(pasid.ToRawIoAsid(), out binding);

    /// <summary>Frees all PASIDs and refuses new ones, in one step.</summary>
    public void Revoke()
    {
        _set.Close();
        _set.FreeAll();
    }

    /// <summary>Waits until the bindings of all PASIDs that were freed have ended.</summary>
    public async ValueTask WaitForEndingsAsync()
    {
        foreach (Task ending in _endings.ToList())
            await ending;
    }

    public void Dispose() => _registration.Dispose();

    // The IOMMU's part of a free: it owns a binding for each device, and ends it when the device is drained.
    private void OnEdge(IoAsidEvent edge)
    {
        if (edge.Kind != IoAsidEventKind.Freed || !_bindings.Remove((edge.Id, edge.Generation), out GuestSvaBinding? binding))
            return;
        _endings.RemoveAll(ending => ending.IsCompletedSuccessfully);
        _endings.Add(binding.EndAsync());
    }
}
