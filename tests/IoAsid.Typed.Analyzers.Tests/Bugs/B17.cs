// A sub-device is detached by the number of its domain, so that nobody can tell one attachment from another.
sealed class SubDevices(IoAsidSet<AuxiliaryDomain> aux)
{
    public void Detach(RawIoAsid pasid) => aux.Unbind(pasid); // CS1061
}
