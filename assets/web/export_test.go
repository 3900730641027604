package web

import "time"

// Crowd takes every turn for costly questions and lets nobody wait for one.
func (s *Server) Crowd() {
	s.queueTime = time.Millisecond
	for range cap(s.costly) {
		s.costly <- struct{}{}
	}
}

// RouterPath is a path of the definition as the router writes it.
var RouterPath = routerPath

// Table lists every route as "METHOD path".
func (s *Server) Table() (list []string) {
	for _, r := range s.routes() {
		list = append(list, r.method+" "+r.path)
	}
	return list
}
