// A sub-device is detached by the number of its domain, which does not identify the attachment.
sealed class SubDevices(IoAsidSet<AuxiliaryDomain> aux)
{
    public void Detach(RawIoAsid pasid) => aux.Unbind(pasid); // CS1061
}
