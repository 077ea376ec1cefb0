using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The PASIDs of a guest and their bindings. When a PASID is freed, the IOMMU unbinds and drains its devices.</summary>
/// <remarks>The tables change within one step of the machine, so no lock guards them. The lock of each binding orders binds and unbinds.</remarks>
internal sealed class GuestPasids : IDisposable
{
    // Number 0 is for requests without PASID. Guests reserve it too.
    private const uint LowestNumber = 1;

    [OwnerSet]
    private readonly IoAsidSet<GuestSvaBinding> _set;

    private readonly VfioContainer _container;
    private readonly Dictionary<(RawIoAsid Id, uint Generation), GuestSvaBinding> _bindings = [];
    private readonly List<Task> _tearDowns = [];
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
            throw new IommuException(IommuError.NoPasid, $"Fewer than {quota} PASIDs are left for {container.Name}: {error.Message}", error);
        }

        _registration = _set.Observe(OnEvent, IoAsidObserverPriority.Iommu);
    }

    /// <summary>The set of the guest.</summary>
    [OwnerSet]
    public IoAsidSet Set => _set;

    /// <summary>The live bindings at present.</summary>
    public IReadOnlyList<GuestSvaBinding> Bindings => [.. _bindings.Values];

    public static IommuException NoSuchPasid([GuestControlled] PrivateIoAsid pasid) =>
        new(IommuError.NotFound, $"The guest has no PASID {pasid}, or the PASID is not bound to the device.");

    /// <summary>Returns the lowest private id that the guest does not use.</summary>
    public PrivateIoAsid Next()
    {
        PrivateIoAsid pasid = new(LowestNumber);
        while (_set.TryResolve(pasid, out _))
            pasid = new PrivateIoAsid(pasid.Value + 1);
        return pasid;
    }

    /// <summary>Tries to allocate a PASID for a private id of the guest.</summary>
    /// <param name="pasid">The private id.</param>
    /// <param name="highest">The highest PASID that all devices of the guest can send.</param>
    /// <param name="failure">The reason for a failure.</param>
    public bool TryAllocate([GuestControlled] PrivateIoAsid pasid, Pasid highest, out IoAsidAllocationFailure failure)
    {
        // The guest requests a range of one number.
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

    /// <summary>Tries to hold a PASID of the guest. The check that it belongs to the guest and the hold are one step.</summary>
    public bool TryHold([GuestControlled] PrivateIoAsid pasid, [NotNullWhen(true)] out IoAsidReference? held)
    {
        if (Set.TryHold(pasid, out held))
            return true;
        _container.Counts.Refused++;
        return false;
    }

    /// <summary>Holds a PASID of the guest, like <see cref="TryHold"/>, with its binding.</summary>
    /// <returns>The hold, or null if the guest has no such PASID. The counter of refused ids then increases.</returns>
    public IoAsidReference<GuestSvaBinding>? Hold([GuestControlled] PrivateIoAsid pasid)
    {
        if (_set.TryHold(pasid, out IoAsidReference<GuestSvaBinding>? held))
            return held;
        _container.Counts.Refused++;
        return null;
    }

    /// <summary>Tries to find the binding of a PASID that hardware reported, if the PASID belongs to this guest.</summary>
    public bool TryFind(Pasid pasid, [NotNullWhen(true)] out GuestSvaBinding? binding) => _set.TryFind(pasid.ToRawIoAsid(), out binding);

    /// <summary>Frees all PASIDs and refuses new allocations, in one step.</summary>
    public void Revoke()
    {
        _set.Close();
        _set.FreeAll();
    }

    /// <summary>Waits until the bindings of all freed PASIDs are torn down.</summary>
    public async ValueTask WaitForTearDownAsync()
    {
        foreach (Task tearDown in _tearDowns.ToList())
            await tearDown;
    }

    public void Dispose() => _registration.Dispose();

    // The IOMMU's part of a free. It owns a binding for each device, and ends the binding after the drain of the device.
    private void OnEvent(IoAsidEvent freed)
    {
        if (freed.Kind != IoAsidEventKind.Freed || !_bindings.Remove((freed.Id, freed.Generation), out GuestSvaBinding? binding))
            return;
        _tearDowns.RemoveAll(tearDown => tearDown.IsCompletedSuccessfully);
        _tearDowns.Add(binding.TearDownAsync());
    }
}
